//! Repeatable chance: xorshift64* (Vigna 2016), seeded, the same on every machine.

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        // Never zero: zero stays zero.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0 to below `limit`.
    pub fn below(&mut self, limit: i64) -> i64 {
        let limit = u64::try_from(limit.max(1)).expect("positive");
        i64::try_from((self.next() >> 16) % limit).expect("small")
    }

    pub fn one_in(&mut self, times: i64) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let length = i64::try_from(from.len()).expect("few");
        &from[usize::try_from(self.below(length)).expect("small")]
    }
}
