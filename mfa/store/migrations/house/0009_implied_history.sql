-- What 30-day options at the money implied on a day, recorded as option tables are read: vendors
-- sell no such history. One row per company and day; the reading nearest to 30 days stands.
CREATE TABLE implied_volatility (
    symbol       text NOT NULL CHECK (symbol <> ''),
    day          date NOT NULL,
    volatility   double precision NOT NULL CHECK (volatility > 0 AND volatility < 10),
    away         double precision NOT NULL CHECK (away >= 0),
    source       text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (symbol, day)
);
