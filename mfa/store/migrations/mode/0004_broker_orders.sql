-- Orders at the broker whose fills are made here (practice and paper): its own book of them, apart
-- from ours in `order_intent`. An order's id stands in `fill.order_id`, so that its fills are those
-- of the books and no second record of them can differ. A refused order leaves no row.

create table broker_order (
    id bigint primary key,
    broker_id text not null unique check (broker_id <> ''),
    client_id text not null unique check (length(client_id) between 1 and 36),
    body json not null,
    -- units of its own: less than the body says where it replaced an order that had filled in part
    quantity integer not null check (quantity > 0),
    filled integer not null check (filled between 0 and quantity),
    state text not null check (state in (
        'working', 'partially_filled', 'filled', 'cancelled', 'expired')),
    reason text not null,
    -- the session that a day order stands for
    day date not null,
    replaces bigint references broker_order (id),
    -- of the mode's clock, which practice may hold still
    received_at timestamptz not null,
    updated_at timestamptz not null check (updated_at >= received_at),
    -- of the real clock
    written_at timestamptz not null default clock_timestamp(),
    check ((state = 'filled') = (filled = quantity)),
    check (state <> 'working' or filled = 0),
    check (state <> 'partially_filled' or filled > 0)
);
create index broker_order_alive on broker_order (id)
    where state in ('working', 'partially_filled');
create index broker_order_written on broker_order (written_at);
create index fill_order on fill (order_id);
create index fill_at on fill (at);

create function refuse_revival() returns trigger language plpgsql as $$
begin
    raise exception 'order % is over', old.broker_id;
end
$$;
create trigger over_is_over before update on broker_order
    for each row when (old.state not in ('working', 'partially_filled'))
    execute function refuse_revival();
