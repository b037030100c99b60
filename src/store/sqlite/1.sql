-- What is claimed. Times are microseconds since 1970, by the machine's clock.
CREATE TABLE claims (
    kind   INTEGER NOT NULL, -- 1 replay, 2 work, 3 once
    hash   BLOB    NOT NULL,
    ticket INTEGER NOT NULL, -- the number of the ticket that has it
    once   INTEGER NOT NULL, -- 1: when the lease runs out, it is lost for good
    until  INTEGER NOT NULL, -- when the lease runs out; when finished, when the result is forgotten
    result BLOB,             -- null while running
    PRIMARY KEY (kind, hash)
) STRICT;

-- What may be swept, by when.
CREATE INDEX claims_until ON claims (until) WHERE result IS NOT NULL OR once = 0;
