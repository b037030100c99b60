-- What is to be done. Times are microseconds since 1970, by the machine's clock.
CREATE TABLE jobs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    lane     TEXT    NOT NULL, -- an agent or a chat space
    kind     TEXT    NOT NULL, -- by which its handler is found
    origin   TEXT    NOT NULL, -- for operators: the name of an endpoint
    key      BLOB    NOT NULL UNIQUE, -- a hash: what has the same is the same job
    content  BLOB    NOT NULL, -- a hash of the payload, to tell a repetition from a contradiction
    ordered  BLOB,             -- a hash: jobs with the same one run one after another; null when done
    state    INTEGER NOT NULL, -- 1 waiting, 2 running, 3 done, 4 dead, 5 quarantined
    attempts INTEGER NOT NULL,
    ticket   INTEGER NOT NULL, -- the number of the ticket that has it
    put_at   INTEGER NOT NULL,
    until    INTEGER NOT NULL, -- waiting: when it is due; running: when its lease runs out; else when it is forgotten
    why      TEXT,             -- what went wrong last
    payload  BLOB    NOT NULL  -- empty when done
) STRICT;

-- What may be run, lane by lane.
CREATE INDEX jobs_due ON jobs (lane, state, until, id) WHERE state IN (1, 2);

-- What must come before it.
CREATE INDEX jobs_ordered ON jobs (ordered, id) WHERE state IN (1, 2) AND ordered IS NOT NULL;

-- What may be forgotten, by when.
CREATE INDEX jobs_ended ON jobs (until) WHERE state > 2;
