//! What a phrase for a day can mean.

crate::ledger::words::word!(
    /// What a phrase for a day means, seen from the writer's day. A named month, weekday or number is taken from the
    /// words of the phrase itself. Rules of domain practice for Italian promises.
    DateMeaning {
        /// The writer's day.
        Today = "today",
        /// The day before.
        Yesterday = "yesterday",
        /// Two days before.
        DayBeforeYesterday = "day_before_yesterday",
        /// So many days before.
        DaysAgo = "days_ago",
        /// So many weeks before.
        WeeksAgo = "weeks_ago",
        /// So many months before.
        MonthsAgo = "months_ago",
        /// The last such weekday before the writer's day.
        LastWeekday = "last_weekday",
        /// Friday of the week before.
        LastWeek = "last_week",
        /// The day after.
        Tomorrow = "tomorrow",
        /// Two days after.
        DayAfterTomorrow = "day_after_tomorrow",
        /// The first such weekday strictly after.
        Weekday = "weekday",
        /// The same, a week later ("lundi en huit").
        WeekdayInEight = "weekday_in_eight",
        /// That weekday of the next ISO week.
        WeekdayNextWeek = "weekday_next_week",
        /// Friday of this week; from Friday on, of the next.
        ThisWeek = "this_week",
        /// Friday of the next ISO week.
        NextWeek = "next_week",
        /// The last such weekday of the month named, or of this month.
        LastWeekdayOfMonth = "last_weekday_of_month",
        /// Friday of the ISO week after the next.
        WeekAfterNext = "week_after_next",
        /// Friday of the calendar week whose number is named (`KW 48`), or its weekday where one is named.
        WeekNumber = "week_number",
        /// Friday of the week in which the day lies that is named right after these words ("la settimana del 19 ottobre").
        WeekOf = "week_of",
        /// So many days after.
        InDays = "in_days",
        /// So many days after, Saturdays and Sundays not counted.
        InWorkingDays = "in_working_days",
        /// So many hours after, in whole days.
        InHours = "in_hours",
        /// So many days after, then the end of that month: a payment term.
        InDaysEndOfMonth = "in_days_end_of_month",
        /// So many weeks after.
        InWeeks = "in_weeks",
        /// So many months after.
        InMonths = "in_months",
        /// Last day of this month.
        EndOfMonth = "end_of_month",
        /// Last day of the next month.
        EndOfNextMonth = "end_of_next_month",
        /// Last day of the month named.
        EndOfNamedMonth = "end_of_named_month",
        /// The next 15th.
        MiddleOfMonth = "middle_of_month",
        /// The 15th of the next month.
        MiddleOfNextMonth = "middle_of_next_month",
        /// The 15th of the month named.
        MiddleOfNamedMonth = "middle_of_named_month",
        /// The 5th of the month named.
        StartOfNamedMonth = "start_of_named_month",
        /// The 5th of the next month.
        StartOfNextMonth = "start_of_next_month",
        /// The 10th of the month named.
        FirstDecadeOfNamedMonth = "first_decade_of_named_month",
        /// The 20th of the month named.
        SecondDecadeOfNamedMonth = "second_decade_of_named_month",
        /// The next day of that number, today included.
        NamedDay = "named_day",
        /// The next day of that number, today not included.
        NamedDayNext = "named_day_next",
        /// The day of that number in this month.
        NamedDayThisMonth = "named_day_this_month",
        /// The day of that number in the next month.
        NamedDayNextMonth = "named_day_next_month",
        /// The last day of that number: past.
        NamedDayLast = "named_day_last",
        /// Behind a day or a month: it lies in the next year ("il 20 novembre dell'anno prossimo").
        OfNextYear = "of_next_year",
        /// Behind a day or a month: it lies in this year.
        OfThisYear = "of_this_year",
        /// Of a plan in parts: the last day of each month. Alone, of this month.
        EveryMonthEnd = "every_month_end",
        /// Of a plan in parts: the day of that number in each month. Alone, the next one.
        EveryMonthDay = "every_month_day",
        /// Of a plan in parts: once a month. Alone no day.
        EveryMonth = "every_month",
        /// Of a plan in parts: the month named is the first. Alone no day.
        FromNamedMonth = "from_named_month",
        /// 31 December.
        EndOfYear = "end_of_year",
        /// 23 December.
        BeforeChristmas = "before_christmas",
        /// 10 January.
        AfterHolidays = "after_holidays",
        /// 10 September.
        AfterSummer = "after_summer",
        /// Easter Monday and five working days.
        AfterEaster = "after_easter",
        /// 1 January.
        NewYearsDay = "new_years_day",
        /// 6 January.
        Epiphany = "epiphany",
        /// 17 March.
        SaintPatrick = "saint_patrick",
        /// Easter Sunday.
        Easter = "easter",
        /// 1 May.
        LabourDay = "labour_day",
        /// 15 August.
        Assumption = "assumption",
        /// 1 November.
        AllSaints = "all_saints",
        /// 11 November.
        SaintMartin = "saint_martin",
        /// The fourth Thursday of November.
        Thanksgiving = "thanksgiving",
        /// 6 December.
        SaintNicholas = "saint_nicholas",
        /// 8 December.
        ImmaculateConception = "immaculate_conception",
        /// 25 December.
        Christmas = "christmas",
        /// The day after the one named right behind these words, or before them ("the day after", "am Tag darauf").
        NextDay = "next_day",
        /// The first such weekday after the day named right behind these words ("martedì dopo Pasqua").
        WeekdayAfter = "weekday_after",
        /// 31 March.
        EndOfFirstQuarter = "end_of_first_quarter",
        /// Last day of this quarter.
        EndOfQuarter = "end_of_quarter",
    }
);
