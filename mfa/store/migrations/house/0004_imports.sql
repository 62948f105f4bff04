-- Account histories by file: one row per import, and the movements that it added. A movement's key
-- is known once per user, so that the same file again adds nothing; an import that is undone takes
-- its own movements with it and no others.
CREATE TABLE account_import (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name   text NOT NULL CHECK (user_name <> ''),
    file_name   text NOT NULL,
    broker      text NOT NULL CHECK (broker <> ''),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    imported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    added       integer NOT NULL CHECK (added > 0),
    duplicates  integer NOT NULL CHECK (duplicates >= 0),
    problems    integer NOT NULL CHECK (problems >= 0),
    skipped     integer NOT NULL CHECK (skipped >= 0)
);

CREATE INDEX account_import_by_user ON account_import (user_name, id);

-- place is the order of time within the file; quantity is signed, amount is cash received.
CREATE TABLE account_movement (
    import      bigint NOT NULL REFERENCES account_import ON DELETE CASCADE,
    user_name   text NOT NULL CHECK (user_name <> ''),
    key         text NOT NULL CHECK (key <> ''),
    place       integer NOT NULL CHECK (place > 0),
    line        integer NOT NULL CHECK (line > 0),
    at          timestamptz NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'trade', 'fee', 'dividend',
                'interest', 'assignment', 'exercise', 'expiration', 'split', 'transfer',
                'exchange', 'cash_in_lieu')),
    symbol      text,
    option      text,
    quantity    numeric NOT NULL,
    price       numeric CHECK (price >= 0),
    fees        numeric(18, 2) NOT NULL,
    amount      numeric(18, 2) NOT NULL,
    memo        text NOT NULL,
    effect      text CHECK (effect IN ('open', 'close')),
    ratio       text,
    PRIMARY KEY (user_name, key)
);

CREATE INDEX account_movement_by_import ON account_movement (import, place);
