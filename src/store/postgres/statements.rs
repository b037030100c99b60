//! What is said to the database. Each is one round trip, and may be said twice without harm.

/// Kind, hash, ticket, once, lease. No row, or a row whose time is over, means that it is running.
///
/// The second half looks with the eyes of the statement's beginning. If it sees nothing, or something whose time is over,
/// and the first half took nothing, somebody else has claimed the key since.
pub(super) const CLAIM: &str = "
    WITH mine AS (
        INSERT INTO flowhook_claims AS held (kind, hash, ticket, once, until)
        VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 microsecond')
        ON CONFLICT (kind, hash) DO UPDATE
        SET ticket = excluded.ticket, once = excluded.once, waited = false, result = NULL,
            until = clock_timestamp() + $5 * interval '1 microsecond'
        WHERE held.ticket = excluded.ticket
           OR held.until <= clock_timestamp() AND (held.result IS NOT NULL OR NOT held.once)
        RETURNING 1
    )
    SELECT true AS mine, false AS once, 0::bigint AS left_us, NULL::bytea AS result FROM mine
    UNION ALL
    SELECT false, once, (extract(epoch FROM until - clock_timestamp()) * 1000000)::bigint, result
    FROM flowhook_claims WHERE kind = $1 AND hash = $2 AND NOT EXISTS (SELECT FROM mine)";

/// Kind, hash, ticket, lease. A row if it is the ticket's.
pub(super) const RENEW: &str = "
    UPDATE flowhook_claims SET until = clock_timestamp() + $4 * interval '1 microsecond'
    WHERE kind = $1 AND hash = $2 AND ticket = $3 AND result IS NULL RETURNING 1";

/// Kind, hash, ticket, result, how long to keep it. A row if it is the ticket's.
///
/// Notifying takes a lock that all commits of the server share, so it is done only where somebody listens.
pub(super) const FINISH: &str = "
    WITH done AS (
        UPDATE flowhook_claims SET result = $4, until = clock_timestamp() + $5 * interval '1 microsecond'
        WHERE kind = $1 AND hash = $2 AND ticket = $3 RETURNING waited
    )
    SELECT CASE WHEN waited THEN pg_notify('flowhook_claims', $1 || ':' || encode($2, 'hex'))::text END FROM done";

/// Kind, hash, ticket. A row if it was the ticket's.
pub(super) const RELEASE: &str = "
    WITH done AS (
        DELETE FROM flowhook_claims WHERE kind = $1 AND hash = $2 AND ticket = $3 AND result IS NULL RETURNING waited
    )
    SELECT CASE WHEN waited THEN pg_notify('flowhook_claims', $1 || ':' || encode($2, 'hex'))::text END FROM done";

/// Kind, hash.
pub(super) const LOOK: &str = "
    SELECT once, (extract(epoch FROM until - clock_timestamp()) * 1000000)::bigint AS left_us, result
    FROM flowhook_claims WHERE kind = $1 AND hash = $2";

/// Kind, hash. From then on, finishing and releasing notify.
pub(super) const MARK_WAITED: &str = "
    UPDATE flowhook_claims SET waited = true WHERE kind = $1 AND hash = $2 AND result IS NULL AND NOT waited";

/// How long past its time a row stays, and how many go at most. Several instances may sweep at once: each takes what no
/// other is at.
pub(super) const SWEEP: &str = "
    WITH gone AS (
        DELETE FROM flowhook_claims WHERE ctid IN (
            SELECT ctid FROM flowhook_claims
            WHERE until <= now() - $1 * interval '1 microsecond' AND (result IS NOT NULL OR NOT once)
            ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) AS rows FROM gone";

/// Hash, text.
pub(super) const NOTE: &str = "
    INSERT INTO flowhook_notes (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET text = excluded.text";

/// Hash.
pub(super) const NOTED: &str = "SELECT text FROM flowhook_notes WHERE hash = $1";
