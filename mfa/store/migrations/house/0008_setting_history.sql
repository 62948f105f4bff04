-- Who set what, and what it was before. A value that is NULL is none: not set before, or removed.
CREATE TABLE setting_change (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         text NOT NULL CHECK (key <> ''),
    old_value   jsonb,
    new_value   jsonb,
    changed_by  text NOT NULL CHECK (changed_by <> ''),
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX setting_change_by_key ON setting_change (key, id DESC);
