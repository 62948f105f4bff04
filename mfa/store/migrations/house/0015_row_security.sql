-- Who sees which rows. A transaction says whose it is (`SET LOCAL magnus.user`); what is not said is
-- nobody, and nobody sees nothing. '*' is the house itself: recovery, backups, signing in.

CREATE FUNCTION magnus.acting() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT current_setting('magnus.user', true) $$;

-- Hold every role, the table's owner too, to the rows for which `whose` is true.
CREATE FUNCTION magnus.guard_rows(relation regclass, whose text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON %s', relation);
    EXECUTE format(
        'CREATE POLICY own_rows ON %s USING (magnus.acting() = ''*'' OR (%s))', relation, whose);
END $$;

-- Every table of ours that says whose its rows are and has no policy yet. Called after migrations.
CREATE FUNCTION magnus.guard_all_rows() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    relation regclass;
    guarded integer := 0;
BEGIN
    FOR relation IN
        SELECT c.oid::regclass FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_name' AND NOT a.attisdropped
        WHERE n.nspname IN ('magnus', 'practice', 'paper', 'live') AND c.relkind IN ('r', 'p')
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    LOOP
        PERFORM magnus.guard_rows(relation, 'user_name = magnus.acting()');
        guarded := guarded + 1;
    END LOOP;
    -- LangGraph makes these itself, when the first question comes.
    FOR relation IN
        SELECT c.oid::regclass FROM pg_class c
        WHERE c.relnamespace = 'magnus'::regnamespace AND c.relkind = 'r'
          AND c.relname IN ('checkpoints', 'checkpoint_blobs', 'checkpoint_writes')
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    LOOP
        PERFORM magnus.guard_rows(relation, 'false');
        guarded := guarded + 1;
    END LOOP;
    RETURN guarded;
END $$;

-- Rows that are somebody's through another table.
SELECT magnus.guard_rows('magnus.watchlist_symbol',
    'EXISTS (SELECT FROM magnus.watchlist w WHERE w.id = watchlist)');
SELECT magnus.guard_rows('magnus.scan_run',
    'EXISTS (SELECT FROM magnus.saved_scan s WHERE s.id = scan)');

-- Settings are the installation's: everybody's questions read them; that their writer may change
-- them is decided before (mfa.store.settings).
SELECT magnus.guard_rows('magnus.setting', 'false'), magnus.guard_rows('magnus.setting_change', 'false');

-- Whoever signs in is nobody yet: only the house looks at failed attempts.
SELECT magnus.guard_rows('magnus.sign_in_delay', 'false');

-- An event is written in one statement with its turn, which such a policy would not see yet: it
-- carries its user itself, and the reference holds it to the turn's.
ALTER TABLE magnus.turn ADD CONSTRAINT turn_of_user UNIQUE (id, user_name);
ALTER TABLE magnus.turn_event ADD COLUMN user_name text;
UPDATE magnus.turn_event e SET user_name = t.user_name FROM magnus.turn t WHERE t.id = e.turn;
ALTER TABLE magnus.turn_event ALTER COLUMN user_name SET NOT NULL,
    DROP CONSTRAINT turn_event_turn_fkey,
    ADD CONSTRAINT turn_event_turn_fkey FOREIGN KEY (turn, user_name)
        REFERENCES magnus.turn (id, user_name) ON DELETE CASCADE;
