-- The companies that Magnus follows for a person, in each mode: practice lists other ones than live.
CREATE TABLE stock (
    user_name   text NOT NULL CHECK (user_name <> ''),
    mode        text NOT NULL CHECK (mode <> ''),
    symbol      text NOT NULL CHECK (symbol <> ''),
    name        text NOT NULL DEFAULT '',
    sector      text NOT NULL DEFAULT '',
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_name, mode, symbol)
);

-- Whether a person's table was filled once with what the market lists: it is not filled again.
CREATE TABLE stock_seed (
    user_name   text NOT NULL CHECK (user_name <> ''),
    mode        text NOT NULL CHECK (mode <> ''),
    seeded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_name, mode)
);

-- The figures of a company as last taken; what its sources lack is not among the keys of `figures`.
CREATE TABLE stock_figures (
    mode        text NOT NULL CHECK (mode <> ''),
    symbol      text NOT NULL CHECK (symbol <> ''),
    figures     jsonb NOT NULL,
    missing     jsonb NOT NULL,
    as_of       timestamptz NOT NULL,
    taken_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (mode, symbol)
);
