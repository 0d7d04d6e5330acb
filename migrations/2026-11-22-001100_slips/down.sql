DROP INDEX dossiers_register;
DROP TABLE slips;
DROP TABLE slip_counters;
