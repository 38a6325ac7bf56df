//! The vocabulary of the house: money, days, customers, receivables, holds, and what can happen to them.
//!
//! In: nothing. Out: plain values that every other room speaks in.
//! Deliberately absent: input and output, the clock, randomness, logging, and any opinion about what should be done.

pub mod account;
pub mod arranged;
pub mod bank_account;
pub mod calendar;
pub mod case;
pub mod change;
pub mod credit;
pub mod customer;
pub mod decision;
pub mod event;
pub mod exchange;
pub mod hold;
pub mod holidays;
pub mod ids;
pub mod import_terms;
pub mod instalments;
pub mod interest;
pub mod mail;
pub mod moment;
pub mod money;
pub mod nature;
pub mod payment_terms;
pub mod problem;
pub mod rates;
pub mod reading;
pub mod receivable;
pub mod record;
pub mod traffic;
pub mod words;
