//! Whose conversation it is: the session's resource name, taken apart.

use std::fmt;

/// A session name in any of its four forms, with or without location, with or without environment and user.
///
/// Source: the resource patterns of the published descriptors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Session<'a> {
    /// The whole name, `projects/P/.../sessions/S`. Context names begin with it.
    pub name: &'a str,
    /// The project's id; empty in a name of no known form.
    pub project: &'a str,
    /// The agent's location, such as `global`; older agents send none.
    pub location: Option<&'a str>,
    /// The environment; none is the draft.
    pub environment: Option<&'a str>,
    /// The user of an environment's session; `-` is nobody in particular.
    pub user: Option<&'a str>,
    /// The session's own id, of any length: Google Assistant's exceed the documented 36 characters.
    pub id: &'a str,
}

impl<'a> Session<'a> {
    /// Takes a name apart. A name of no known form still gives what follows its last `/sessions/`.
    #[must_use]
    pub fn of(name: &'a str) -> Self {
        let (path, id) = name.rsplit_once("/sessions/").unwrap_or(("", name));
        let mut session = Self {
            name,
            project: "",
            location: None,
            environment: None,
            user: None,
            id,
        };
        let mut parts = path.split('/');
        while let Some(collection) = parts.next() {
            match collection {
                "projects" => session.project = parts.next().unwrap_or_default(),
                "locations" => session.location = parts.next(),
                "environments" => session.environment = parts.next(),
                "users" => session.user = parts.next(),
                _ => {}
            }
        }
        session
    }
}

/// Shows where the agent is, and not whose conversation it is: ids of sessions and users may be phone numbers.
impl fmt::Debug for Session<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("project", &self.project)
            .field("location", &self.location)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Session;

    #[test]
    fn all_four_forms_are_taken_apart() {
        for (name, location, environment, user) in [
            ("projects/p/agent/sessions/s", None, None, None),
            (
                "projects/p/locations/global/agent/sessions/s",
                Some("global"),
                None,
                None,
            ),
            (
                "projects/p/agent/environments/e/users/-/sessions/s",
                None,
                Some("e"),
                Some("-"),
            ),
            (
                "projects/p/locations/us/agent/environments/e/users/u/sessions/s",
                Some("us"),
                Some("e"),
                Some("u"),
            ),
        ] {
            let expected = Session {
                name,
                project: "p",
                location,
                environment,
                user,
                id: "s",
            };
            assert_eq!(Session::of(name), expected);
        }
    }

    #[test]
    fn a_name_of_no_known_form_keeps_its_id() {
        assert_eq!(Session::of("elsewhere/sessions/s").id, "s");
        assert_eq!(Session::of("just-an-id").id, "just-an-id");
    }
}
