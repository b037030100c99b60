//! What is said to the file of jobs.

pub(super) const PUT: &str = "
    INSERT INTO jobs (lane, kind, origin, key, content, ordered, state, attempts, ticket, put_at, until, why, payload)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?9, ?10, ?11) ON CONFLICT (key) DO NOTHING";
/// The lanes with something open: one look into the index for each.
pub(super) const LANES: &str = "
    WITH RECURSIVE lanes (lane) AS (
        SELECT min(lane) FROM jobs WHERE state IN (1, 2)
        UNION ALL
        SELECT (SELECT min(lane) FROM jobs WHERE state IN (1, 2) AND lane > lanes.lane) FROM lanes WHERE lane IS NOT NULL
    )
    SELECT lane,
        (SELECT count(*) FROM jobs WHERE lane = lanes.lane AND state = 2 AND until > ?1) AS running,
        (SELECT min(until) FROM jobs WHERE lane = lanes.lane AND state = 1 AND until > ?1) AS due,
        (SELECT min(until) FROM jobs WHERE lane = lanes.lane AND state = 2 AND until > ?1) AS lapses
    FROM lanes WHERE lane IS NOT NULL";
/// What of a lane may run: nothing of its order is before it, or running.
pub(super) const HEADS: &str = "
    SELECT id FROM jobs AS head
    WHERE lane = ?1 AND state IN (1, 2) AND until <= ?2 AND kind IN (SELECT value FROM json_each(?3))
        AND NOT EXISTS (
            SELECT 1 FROM jobs AS other
            WHERE other.ordered = head.ordered AND other.ordered IS NOT NULL AND other.state IN (1, 2) AND other.id <> head.id
                AND (other.id < head.id OR other.state = 2 AND other.until > ?2))
    ORDER BY until, id LIMIT ?4";
pub(super) const LEASE: &str = "
    UPDATE jobs SET state = 2, ticket = ?2, until = ?3, attempts = attempts + 1 WHERE id = ?1
    RETURNING id, lane, kind, origin, key, attempts, put_at, payload";
pub(super) const EXTEND: &str = "UPDATE jobs SET until = ?3 WHERE id = ?1 AND ticket = ?2 AND state = 2";
pub(super) const DONE: &str = "
    UPDATE jobs SET state = 3, until = ?3, why = NULL, ordered = NULL, payload = x''
    WHERE id = ?1 AND ticket = ?2 AND state IN (2, 3)";
pub(super) const AGAIN: &str = "
    UPDATE jobs SET state = 1, until = ?3, why = coalesce(?4, why), attempts = attempts - ?5
    WHERE id = ?1 AND ticket = ?2 AND state = 2 RETURNING ordered";
/// What comes later in an order need not be looked at before that time.
pub(super) const PUT_OFF: &str = "UPDATE jobs SET until = ?2 WHERE ordered = ?1 AND state = 1 AND until < ?2";
pub(super) const FAILED: &str = "
    UPDATE jobs SET state = ?4, until = ?3, why = ?5 WHERE id = ?1 AND ticket = ?2 AND state = 2";
pub(super) const RETRY: &str = "
    UPDATE jobs SET state = 1, until = ?2, attempts = 0 WHERE id = ?1 AND state IN (1, 4, 5)";
/// What was put off together with it comes forward with it.
pub(super) const BRING_FORWARD: &str = "
    UPDATE jobs SET until = ?2 WHERE state = 1 AND until > ?2 AND (ordered, until) IN
        (SELECT ordered, until FROM jobs WHERE id = ?1 AND state = 1 AND ordered IS NOT NULL)";
pub(super) const DROP: &str = "
    UPDATE jobs SET state = 3, until = ?2, why = 'dropped', ordered = NULL, payload = x''
    WHERE id = ?1 AND state IN (1, 4, 5)";
pub(super) const ENTRY: &str =
    "id, lane, kind, origin, state, attempts, put_at, until, why, length(payload) AS bytes";
pub(super) const DEPTH: &str = "
    SELECT lane, sum(state = 1) AS waiting, sum(state = 2) AS running, sum(state = 4) AS dead, sum(state = 5) AS quarantined,
        min(CASE WHEN state IN (1, 2) THEN put_at END) AS oldest
    FROM jobs WHERE state <> 3 GROUP BY lane ORDER BY lane";
pub(super) const FORGET: &str = "
    DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state > 2 AND until <= ?1 ORDER BY until LIMIT ?2)";
