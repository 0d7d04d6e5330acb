-- Days off, make-up days and working Saturdays, each from the notice that says so. One meaning a day.
CREATE TABLE calendar_days (
    on_date date PRIMARY KEY,
    kind text NOT NULL CONSTRAINT calendar_days_kind_known
        CHECK (kind IN ('holiday', 'day_off', 'substitute', 'swap_off', 'swap_work')),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    legal_notice text NOT NULL CONSTRAINT calendar_days_notice_named CHECK (length(legal_notice) > 0)
);
