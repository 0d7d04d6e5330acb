DROP FUNCTION refuse_change();
DROP EXTENSION btree_gist;
DROP EXTENSION pg_trgm;
