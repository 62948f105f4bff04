-- Who may sign in. A person's rows everywhere are under `user_name`; `login` is what they type.
CREATE TABLE person (
    user_name    text PRIMARY KEY CHECK (user_name <> '' AND user_name <> '*'),
    login        text NOT NULL CHECK (login <> ''),
    password     text NOT NULL CHECK (password LIKE '$argon2id$%'),
    created_at   timestamptz NOT NULL,
    disabled_at  timestamptz
);

CREATE UNIQUE INDEX person_by_login ON person (lower(login));

-- A signed-in door. Its token is nowhere but at the door: what is kept is SHA-256 of it.
CREATE TABLE session (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    user_name    text NOT NULL REFERENCES person ON DELETE CASCADE,
    door         text NOT NULL,
    address      text NOT NULL,
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL CHECK (ends_at > created_at),
    verified_at  timestamptz,
    revoked_at   timestamptz
);

CREATE INDEX session_by_user ON session (user_name, created_at DESC);

-- A second factor: the secret lies in a vault of the home. `last_step` is the latest half minute
-- whose code was used; none up to it counts again.
CREATE TABLE second_factor (
    user_name    text PRIMARY KEY CHECK (user_name <> ''),
    enrolled_at  timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE backup_code (
    user_name    text NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    code_hash    bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at      timestamptz,
    PRIMARY KEY (user_name, code_hash)
);

-- When a door without sign-in last showed the second factor.
CREATE TABLE door_verified (
    user_name    text NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    session      text NOT NULL CHECK (session <> ''),
    verified_at  timestamptz NOT NULL,
    PRIMARY KEY (user_name, session)
);

-- Failed attempts in a row, by what was tried: an account's name, an address, a second factor.
CREATE TABLE sign_in_delay (
    kind        text NOT NULL CHECK (kind IN ('account', 'address', 'second_factor')),
    name        text NOT NULL,
    failures    integer NOT NULL CHECK (failures > 0),
    failed_at   timestamptz NOT NULL,
    not_before  timestamptz NOT NULL,
    PRIMARY KEY (kind, name)
);
