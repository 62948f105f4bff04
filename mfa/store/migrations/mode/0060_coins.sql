-- The simulated exchange of crypto currencies (practice and paper): an account of its own beside the
-- books of shares, because an exchange is another house. What is held and what it cost follows from
-- the fills alone; there is no second record of it that could differ.

create table coin_account (
    one boolean primary key default true check (one),
    account_id text not null,
    opened_at timestamptz not null,
    -- dollars that it was opened with
    opening numeric(18, 2) not null check (opening > 0),
    -- until when standing orders have met the market, by the mode's clock
    looked_at timestamptz not null
);

create table coin_order (
    id bigint primary key,
    broker_id text not null unique check (broker_id <> ''),
    client_id text not null unique check (length(client_id) between 1 and 36),
    body json not null,
    state text not null check (state in ('working', 'filled', 'cancelled')),
    reason text not null,
    -- of the mode's clock, which practice may hold still
    received_at timestamptz not null,
    updated_at timestamptz not null check (updated_at >= received_at),
    -- of the real clock
    written_at timestamptz not null default clock_timestamp()
);
create index coin_order_alive on coin_order (id) where state = 'working';
create trigger over_is_over before update on coin_order
    for each row when (old.state <> 'working') execute function refuse_revival();

-- An execution. quantity is signed: bought positive, sold negative; an order fills whole.
create table coin_fill (
    order_id bigint primary key references coin_order (id),
    pair text not null check (pair like '%_/_%'),
    quantity numeric not null check (quantity <> 0),
    price numeric not null check (price > 0),
    fees numeric not null check (fees >= 0),
    at timestamptz not null
);
create trigger append_only before update or delete on coin_fill
    for each row execute function refuse_change();
