-- What is known until something else is: small texts, each under a hash.
CREATE TABLE notes (
    hash BLOB PRIMARY KEY,
    text BLOB NOT NULL
) STRICT, WITHOUT ROWID;
