-- What is claimed. Times are by the database's clock, which all instances share.
CREATE TABLE flowhook_claims (
    kind   smallint    NOT NULL, -- 1 replay, 2 work, 3 once
    hash   bytea       NOT NULL,
    ticket bigint      NOT NULL, -- the number of the ticket that has it
    once   boolean     NOT NULL, -- when the lease runs out, it is lost for good
    waited boolean     NOT NULL DEFAULT false, -- somebody listens for its end
    until  timestamptz NOT NULL, -- when the lease runs out; when finished, when the result is forgotten
    result bytea,                -- null while running
    PRIMARY KEY (kind, hash)
);

-- What may be swept, by when.
CREATE INDEX flowhook_claims_until ON flowhook_claims (until) WHERE result IS NOT NULL OR NOT once;
