-- Our book of orders. An intent is committed before its order is sent; what became of it is told by
-- events that nobody edits. Quantities are units of the whole order; a fill is one leg's, signed.

create table order_intent (
    client_id text primary key check (length(client_id) between 1 and 36),
    user_name text not null check (user_name <> ''),
    card text not null,
    broker text not null check (broker <> ''),
    account text not null,
    -- json, not jsonb: the order must come back as it was meant, digit by digit
    body json not null,
    state text not null check (state in (
        'new', 'sent', 'unknown', 'working', 'partially_filled',
        'filled', 'cancelled', 'rejected', 'expired')),
    broker_id text check (broker_id <> ''),
    filled numeric not null default 0 check (filled >= 0),
    reason text not null default '',
    linked text references order_intent (client_id),
    link text check (link in ('after_fill', 'after_cancel', 'replacement')),
    cancel_wanted boolean not null default false,
    -- of the mode's clock, which practice may hold still
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- of the real clock: how long ago it left does not depend on practice time
    sent_at timestamptz,
    number bigint generated always as identity,
    check ((linked is null) = (link is null)),
    check (linked <> client_id),
    check (state in ('new', 'cancelled', 'rejected') or sent_at is not null)
);
create index order_intent_alive on order_intent (number)
    where state not in ('filled', 'cancelled', 'rejected', 'expired');
create index order_intent_by_user on order_intent (user_name, number desc);
create index order_intent_by_broker on order_intent (broker, account, broker_id);
create index order_intent_by_link on order_intent (linked) where linked is not null;

create table order_event (
    id bigint generated always as identity primary key,
    client_id text not null references order_intent (client_id),
    user_name text not null check (user_name <> ''),
    at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    source text not null check (source in ('ours', 'answer', 'poll')),
    state text not null,
    filled numeric not null,
    note text not null
);
create index order_event_of on order_event (client_id, id);

-- The key is the promise that a fill told twice is one fill.
create table order_fill (
    broker text not null,
    account text not null,
    fill_id text not null check (fill_id <> ''),
    client_id text not null references order_intent (client_id),
    user_name text not null check (user_name <> ''),
    instrument text not null check (instrument <> ''),
    quantity numeric not null check (quantity <> 0),
    price numeric not null check (price >= 0),
    fees numeric not null check (fees >= 0),
    at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (broker, account, fill_id)
);
create index order_fill_of on order_fill (client_id);

-- Orders at the brokers that are not ours, as last seen.
create table order_foreign (
    broker text not null,
    account text not null,
    broker_id text not null,
    user_name text not null check (user_name <> ''),
    body json not null,
    primary key (broker, account, broker_id)
);

create trigger append_only before update or delete on order_event
    for each row execute function refuse_change();
create trigger append_only before update or delete on order_fill
    for each row execute function refuse_change();

-- Answers about the account are untrue from the same moment on, in whatever process.
create trigger next_generation after insert on order_event
    for each statement execute function magnus.next_generation('account');
create trigger next_generation after insert or delete on order_foreign
    for each statement execute function magnus.next_generation('account');
