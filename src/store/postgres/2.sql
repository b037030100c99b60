-- What is to be done. Times are by the database's clock, which all instances share.
CREATE TABLE flowhook_jobs (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane     text        COLLATE "C" NOT NULL, -- an agent or a chat space
    kind     text        NOT NULL, -- by which its handler is found
    origin   text        NOT NULL, -- for operators: the name of an endpoint
    key      bytea       NOT NULL UNIQUE, -- a hash: what has the same is the same job
    content  bytea       NOT NULL, -- a hash of the payload, to tell a repetition from a contradiction
    ordered  bytea,                -- a hash: jobs with the same one run one after another; null when done
    state    smallint    NOT NULL, -- 1 waiting, 2 running, 3 done, 4 dead, 5 quarantined
    attempts integer     NOT NULL DEFAULT 0,
    ticket   bigint      NOT NULL DEFAULT 0, -- the number of the ticket that has it
    put_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    until    timestamptz NOT NULL, -- waiting: when it is due; running: when its lease runs out; else when it is forgotten
    why      text,                 -- what went wrong last
    payload  bytea       NOT NULL  -- empty when done
);

-- What may be run, lane by lane.
CREATE INDEX flowhook_jobs_due ON flowhook_jobs (lane, state, until, id) WHERE state IN (1, 2);

-- What must come before it.
CREATE INDEX flowhook_jobs_ordered ON flowhook_jobs (ordered, id) WHERE state IN (1, 2) AND ordered IS NOT NULL;

-- What may be forgotten, by when.
CREATE INDEX flowhook_jobs_ended ON flowhook_jobs (until) WHERE state > 2;
