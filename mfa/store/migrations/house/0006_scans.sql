-- Scans that a person keeps under a name, and what each of their runs found.
CREATE TABLE saved_scan (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name   text NOT NULL CHECK (user_name <> ''),
    name        text NOT NULL CHECK (name <> ''),
    params      jsonb NOT NULL,
    saved_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE UNIQUE INDEX saved_scan_by_name ON saved_scan (user_name, lower(name));

-- `day` is the market's, which in practice is not the calendar's; `found` are the rows shown.
CREATE TABLE scan_run (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scan        bigint NOT NULL REFERENCES saved_scan ON DELETE CASCADE,
    ran_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    day         date NOT NULL,
    mode        text NOT NULL CHECK (mode <> ''),
    passed      integer NOT NULL CHECK (passed >= 0),
    found       jsonb NOT NULL
);

CREATE INDEX scan_run_by_scan ON scan_run (scan, id DESC);
