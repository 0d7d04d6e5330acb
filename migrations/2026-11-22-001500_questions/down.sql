ALTER TABLE notices DROP COLUMN question_id;
DROP TABLE published_answers, question_deadline_changes, question_alarms, question_moves, question_counters,
    question_agencies, question_rounds, questions;
