DROP TABLE procedure_versions;
DROP FUNCTION keep_published_version();
DROP TABLE procedures;
DROP TABLE fields;
