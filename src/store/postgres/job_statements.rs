//! What is said to the database of jobs. Each may be said twice without harm.

/// Columns of jobs, as lists: lane, kind, origin, key, content, ordered, state, delay in microseconds, why, payload.
/// Gives the number and the key of each that was put.
pub(super) const PUT: &str = "
    INSERT INTO flowhook_jobs (lane, kind, origin, key, content, ordered, state, until, why, payload)
    SELECT lane, kind, origin, key, content, ordered, state, clock_timestamp() + delay * interval '1 microsecond', why, payload
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[], $7::smallint[], $8::bigint[],
        $9::text[], $10::bytea[]) WITH ORDINALITY
        AS given (lane, kind, origin, key, content, ordered, state, delay, why, payload, place)
    ORDER BY place
    ON CONFLICT (key) DO NOTHING RETURNING id, key";

/// Keys. What has them, with the hash of its payload.
pub(super) const CONTENTS: &str = "SELECT key, content FROM flowhook_jobs WHERE key = ANY($1)";

/// Who leases waits here for who is at it, so that each sees what the one before has leased.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(1181511543, 2)";

/// The lanes with something open, with a look into the index for each: how many run, and the time in microseconds until
/// the next is due.
pub(super) const LANES: &str = "
    WITH RECURSIVE lanes (lane) AS (
        (SELECT lane FROM flowhook_jobs WHERE state IN (1, 2) ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT (SELECT lane FROM flowhook_jobs WHERE state IN (1, 2) AND lane > lanes.lane ORDER BY lane LIMIT 1)
        FROM lanes WHERE lane IS NOT NULL
    ), clock (now) AS (SELECT clock_timestamp())
    SELECT lane, running, (extract(epoch FROM least(due, lapses) - now) * 1000000)::bigint AS next_us
    FROM lanes, clock,
        LATERAL (SELECT count(*) AS running, min(until) AS lapses FROM flowhook_jobs AS job
            WHERE job.lane = lanes.lane AND state = 2 AND until > now) AS leased,
        LATERAL (SELECT min(until) AS due FROM flowhook_jobs AS job
            WHERE job.lane = lanes.lane AND state = 1 AND until > now) AS waiting
    WHERE lane IS NOT NULL";

/// Lanes and how many of each, kinds. What may run: nothing of its order is before it, or running. With the lane's place
/// in the list, and its own in the lane.
pub(super) const HEADS: &str = "
    WITH clock (now) AS (SELECT clock_timestamp())
    SELECT head.id, wanted.place, row_number() OVER (PARTITION BY wanted.place ORDER BY head.until, head.id) AS turn
    FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS wanted (lane, room, place), clock,
        LATERAL (
            SELECT id, until FROM flowhook_jobs AS job
            WHERE job.lane = wanted.lane COLLATE \"C\" AND state IN (1, 2) AND until <= now AND kind = ANY($3)
                AND NOT EXISTS (
                    SELECT FROM flowhook_jobs AS other
                    WHERE other.ordered = job.ordered AND other.ordered IS NOT NULL AND other.state IN (1, 2)
                        AND other.id <> job.id AND (other.id < job.id OR other.state = 2 AND other.until > now))
            ORDER BY until, id LIMIT wanted.room
        ) AS head
    ORDER BY turn, place LIMIT $4";

/// Numbers, tickets, lease.
pub(super) const LEASE: &str = "
    UPDATE flowhook_jobs AS job SET state = 2, ticket = given.ticket, attempts = attempts + 1,
        until = clock_timestamp() + $3 * interval '1 microsecond'
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS given (id, ticket, place)
    WHERE job.id = given.id AND state IN (1, 2) AND until <= clock_timestamp()
    RETURNING place, job.id, job.ticket, lane, kind, origin, key, attempts, payload,
        (extract(epoch FROM put_at) * 1000000)::bigint AS put_us";

/// Number, ticket, lease.
pub(super) const EXTEND: &str = "
    UPDATE flowhook_jobs SET until = clock_timestamp() + $3 * interval '1 microsecond'
    WHERE id = $1 AND ticket = $2 AND state = 2 RETURNING 1";

/// Number, ticket, how long it is kept.
pub(super) const DONE: &str = "
    UPDATE flowhook_jobs SET state = 3, why = NULL, ordered = NULL, payload = '',
        until = clock_timestamp() + $3 * interval '1 microsecond'
    WHERE id = $1 AND ticket = $2 AND state IN (2, 3) RETURNING 1";

/// Number, ticket, after how long, why, attempts that do not count. What comes later in its order need not be looked at
/// before that time. An attempt that failed is known by its ticket, so it is counted once.
pub(super) const AGAIN: &str = "
    WITH again AS (
        UPDATE flowhook_jobs SET until = clock_timestamp() + $3 * interval '1 microsecond', why = coalesce($4, why),
            attempts = attempts - CASE state WHEN 2 THEN $5 ELSE 0 END, state = 1
        WHERE id = $1 AND ticket = $2 AND state IN (1, 2) RETURNING id, ordered, until
    ), later AS (
        UPDATE flowhook_jobs AS job SET until = again.until FROM again
        WHERE job.ordered = again.ordered AND job.id <> again.id AND job.state = 1 AND job.until < again.until
    )
    SELECT 1 FROM again";

/// Number, ticket, how long it is kept, state, why.
pub(super) const FAILED: &str = "
    UPDATE flowhook_jobs SET state = $4, why = $5, until = clock_timestamp() + $3 * interval '1 microsecond'
    WHERE id = $1 AND ticket = $2 AND state IN (2, $4) RETURNING 1";

/// Numbers. What was put off together with one of them comes forward with it.
pub(super) const BRING_FORWARD: &str = "
    UPDATE flowhook_jobs AS job SET until = clock_timestamp() FROM flowhook_jobs AS head
    WHERE head.id = ANY($1) AND head.state = 1 AND head.ordered = job.ordered AND head.until = job.until
        AND job.state = 1 AND job.until > clock_timestamp()";

/// Numbers.
pub(super) const RETRY: &str = "
    UPDATE flowhook_jobs SET state = 1, until = clock_timestamp(), attempts = 0 WHERE id = ANY($1) AND state IN (1, 4, 5)";

/// Numbers, how long they are kept.
pub(super) const DROP: &str = "
    UPDATE flowhook_jobs SET state = 3, why = 'dropped', ordered = NULL, payload = '',
        until = clock_timestamp() + $2 * interval '1 microsecond'
    WHERE id = ANY($1) AND state IN (1, 4, 5)";

/// What is told of a job.
pub(super) const ENTRY: &str = "
    SELECT id, lane, kind, origin, state, attempts, why, length(payload) AS bytes, payload,
        (extract(epoch FROM put_at) * 1000000)::bigint AS put_us, (extract(epoch FROM until) * 1000000)::bigint AS until_us
    FROM flowhook_jobs WHERE id = $1";

/// After which number, lane if any, states if any, age in microseconds if any, how many.
pub(super) const LIST: &str = "
    SELECT id, lane, kind, origin, state, attempts, why, length(payload) AS bytes,
        (extract(epoch FROM put_at) * 1000000)::bigint AS put_us, (extract(epoch FROM until) * 1000000)::bigint AS until_us
    FROM flowhook_jobs
    WHERE id > $1 AND ($2::text IS NULL OR lane = $2) AND (cardinality($3::smallint[]) = 0 OR state = ANY($3))
        AND ($4::bigint IS NULL OR put_at <= clock_timestamp() - $4 * interval '1 microsecond')
    ORDER BY id LIMIT $5";

/// What is not done, lane by lane.
pub(super) const DEPTH: &str = "
    SELECT lane, count(*) FILTER (WHERE state = 1) AS waiting, count(*) FILTER (WHERE state = 2) AS running,
        count(*) FILTER (WHERE state = 4) AS dead, count(*) FILTER (WHERE state = 5) AS quarantined,
        (extract(epoch FROM clock_timestamp() - min(put_at) FILTER (WHERE state IN (1, 2))) * 1000000)::bigint AS oldest_us
    FROM flowhook_jobs WHERE state <> 3 GROUP BY lane ORDER BY lane";

/// How many at most.
pub(super) const FORGET: &str = "
    WITH gone AS (
        DELETE FROM flowhook_jobs WHERE id IN (
            SELECT id FROM flowhook_jobs WHERE state > 2 AND until <= now() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) AS rows FROM gone";
