-- A list that follows one at an outside system: what that one is called there for good, and when
-- its content was last taken over.
ALTER TABLE watchlist ADD COLUMN origin text CHECK (origin <> ''), ADD COLUMN synced_at timestamptz;

CREATE UNIQUE INDEX watchlist_by_origin ON watchlist (user_name, source, origin)
    WHERE origin IS NOT NULL;
