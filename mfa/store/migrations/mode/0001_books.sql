-- The books of one account: append-only movements and what is derived from them.
-- Row ids are given by the writer, which holds the account row's lock: a replayed history is the
-- same history. Money is numeric(18,2) dollars; prices are per share.

create table account (
    one boolean primary key default true check (one),
    account_id text not null,
    opened_at timestamptz not null,
    revision bigint not null check (revision > 0)
);

create table practice_state (
    one boolean primary key default true check (one),
    now timestamptz not null,
    seed integer not null check (seed >= 0),
    settled_through date not null
);

create table ledger (
    id bigint primary key,
    at timestamptz not null,
    kind text not null check (kind in (
        'deposit', 'withdrawal', 'trade', 'fee', 'assignment', 'exercise', 'dividend', 'interest')),
    symbol text,
    amount numeric(18, 2) not null check (amount <> 0),
    memo text not null
);
create index ledger_at on ledger (at);

-- An execution. quantity is signed: bought positive, sold negative; in shares or contracts.
create table fill (
    id bigint primary key,
    order_id bigint not null,
    at timestamptz not null,
    symbol text not null,
    option text,
    quantity integer not null check (quantity <> 0),
    price numeric(18, 4) not null check (price >= 0),
    fees numeric(18, 2) not null check (fees >= 0),
    strategy text not null
);

-- What the clearing house did to an option: contracts and shares are the changes of what is held.
-- The unique key is the promise that nothing is settled twice.
create table settlement (
    id bigint primary key,
    day date not null,
    at timestamptz not null,
    symbol text not null,
    option text not null,
    contracts integer not null check (contracts <> 0),
    shares integer not null,
    price numeric(18, 4) not null check (price > 0),
    reason text not null check (reason in ('expired', 'assigned', 'exercised')),
    unique (day, option, reason)
);

-- Opened first, closed first. cost_basis is of what remains: paid for a long, minus what was
-- received for a short, fees included.
create table lot (
    id bigint primary key,
    symbol text not null,
    option text,
    opened_at timestamptz not null,
    strategy text not null,
    opened_quantity integer not null check (opened_quantity <> 0),
    quantity integer not null check (
        quantity = 0 or (sign(quantity) = sign(opened_quantity)
                         and abs(quantity) <= abs(opened_quantity))),
    price numeric(18, 4) not null check (price >= 0),
    cost_basis numeric(18, 2) not null,
    fees numeric(18, 2) not null check (fees >= 0),
    check (quantity <> 0 or (cost_basis = 0 and fees = 0))
);
create index lot_open on lot (id) where quantity <> 0;

create table closed_trade (
    id bigint primary key,
    lot_id bigint not null references lot (id) deferrable initially deferred,
    symbol text not null,
    option text,
    strategy text not null,
    quantity integer not null check (quantity <> 0),
    opened_at timestamptz not null,
    closed_at timestamptz not null check (closed_at >= opened_at),
    open_price numeric(18, 4) not null,
    close_price numeric(18, 4) not null,
    fees numeric(18, 2) not null check (fees >= 0),
    realized numeric(18, 2) not null,
    reason text not null check (reason in (
        'trade', 'expired', 'assigned', 'exercised', 'rolled'))
);
create index closed_trade_at on closed_trade (closed_at);

-- Entitled at the close before the ex-date, paid on the pay date; short stock pays.
create table dividend (
    id bigint primary key,
    symbol text not null,
    ex_date date not null,
    pay_date date not null check (pay_date >= ex_date),
    shares integer not null check (shares <> 0),
    per_share numeric(18, 6) not null check (per_share > 0),
    amount numeric(18, 2) not null,
    paid_at timestamptz,
    unique (symbol, ex_date)
);

-- One night's (or weekend's) interest on borrowed cash, posted to the ledger at the month's end.
create table interest_accrual (
    day date primary key,
    debit numeric(18, 2) not null check (debit > 0),
    nights integer not null check (nights > 0),
    rate numeric(9, 6) not null,
    amount numeric(18, 6) not null,
    posted_at timestamptz
);

create table equity_snapshot (
    day date primary key,
    equity numeric(18, 2) not null,
    cash numeric(18, 2) not null,
    deposits numeric(18, 2) not null
);

-- History is not edited. Only dropping whole books (a practice reset) may remove rows, and says so.
create function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('magnus.dropping_books', true) = 'on' then
        return old;
    end if;
    raise exception 'table % is append-only', tg_table_name;
end
$$;

create trigger append_only before update or delete on ledger
    for each row execute function refuse_change();
create trigger append_only before update or delete on fill
    for each row execute function refuse_change();
create trigger append_only before update or delete on settlement
    for each row execute function refuse_change();
create trigger append_only before update or delete on closed_trade
    for each row execute function refuse_change();
create trigger append_only before update or delete on equity_snapshot
    for each row execute function refuse_change();
