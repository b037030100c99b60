-- What is known until something else is: small texts, each under a hash.
CREATE TABLE flowhook_notes (
    hash bytea PRIMARY KEY,
    text bytea NOT NULL
);
