-- Communes, provinces and what became of them. Codes were reused in 2025, so a code alone is no key.
create table unit (
    code        text not null,
    valid_from  date not null,
    valid_to    date,                      -- the first day on which it is no more; null: today's
    level       text not null check (level in
        ('province', 'district_legacy', 'commune', 'ward', 'special_zone', 'township_legacy')),
    name        text not null,
    parent      text,                      -- code of the unit above, of the same time
    latitude    double precision,
    longitude   double precision,
    primary key (code, level, valid_from)
);
create index unit_name on unit (name);

create table unit_successor (
    code        text not null,             -- the unit that ended
    valid_to    date not null,
    successor   text not null,             -- the unit that stands there since
    main        boolean not null,          -- where a unit was split: the part that the law calls its successor
    share       numeric,                   -- null: not known; never add figures up over an unknown share
    primary key (code, valid_to, successor)
);
create index unit_predecessor on unit_successor (successor);

create table hamlet (
    unit        text not null,
    name        text not null,
    outline     jsonb,                     -- GeoJSON geometry, WGS 84
    primary key (unit, name)
);
