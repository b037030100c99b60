//! Google's error codes.

use std::fmt;

macro_rules! codes {
    ($($(#[$about:meta])* $name:ident = $text:literal, $http:literal;)+) => {
        /// What went wrong, in the terms of `google.rpc.Code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$about])* $name,)+
        }

        impl Code {
            /// The code of that name, as an answer's `error.status` has it.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// Its name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The HTTP status that Google gives it.
            #[must_use]
            pub fn http(self) -> u16 {
                match self {
                    $(Self::$name => $http,)+
                }
            }
        }
    };
}

// Source: google/rpc/code.proto.
codes! {
    /// The caller gave up.
    Cancelled = "CANCELLED", 499;
    /// Nobody knows.
    Unknown = "UNKNOWN", 500;
    /// The request is wrong, or the user's device lacks a feature that it asks for.
    InvalidArgument = "INVALID_ARGUMENT", 400;
    /// It took too long; it may have been done.
    DeadlineExceeded = "DEADLINE_EXCEEDED", 504;
    /// There is no such thing or, in RCS, no such user.
    NotFound = "NOT_FOUND", 404;
    /// It was done before.
    AlreadyExists = "ALREADY_EXISTS", 409;
    /// The caller is known and may not.
    PermissionDenied = "PERMISSION_DENIED", 403;
    /// A quota is used up.
    ResourceExhausted = "RESOURCE_EXHAUSTED", 429;
    /// Something else must be done first.
    FailedPrecondition = "FAILED_PRECONDITION", 400;
    /// Somebody else did something meanwhile.
    Aborted = "ABORTED", 409;
    /// Past the end of what there is.
    OutOfRange = "OUT_OF_RANGE", 400;
    /// There is no such method.
    Unimplemented = "UNIMPLEMENTED", 501;
    /// Something broke.
    Internal = "INTERNAL", 500;
    /// The service is away.
    Unavailable = "UNAVAILABLE", 503;
    /// Something is lost for good.
    DataLoss = "DATA_LOSS", 500;
    /// The caller is not known.
    Unauthenticated = "UNAUTHENTICATED", 401;
}

impl Code {
    /// The code that an HTTP status stands for where the answer names none.
    #[must_use]
    pub fn of_http(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            409 => Self::Aborted,
            429 => Self::ResourceExhausted,
            499 => Self::Cancelled,
            501 => Self::Unimplemented,
            408 | 504 => Self::DeadlineExceeded,
            502 | 503 => Self::Unavailable,
            500..=599 => Self::Internal,
            400..=498 => Self::InvalidArgument,
            _ => Self::Unknown,
        }
    }

    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Cancelled
            | Self::Unknown
            | Self::DeadlineExceeded
            | Self::ResourceExhausted
            | Self::Aborted
            | Self::Internal
            | Self::Unavailable
            | Self::DataLoss => true,
            Self::InvalidArgument
            | Self::NotFound
            | Self::AlreadyExists
            | Self::PermissionDenied
            | Self::FailedPrecondition
            | Self::OutOfRange
            | Self::Unimplemented
            | Self::Unauthenticated => false,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_status_without_a_name_stands_for_the_code_that_google_gives_it() {
        for (status, code) in [
            (400, Code::InvalidArgument),
            (401, Code::Unauthenticated),
            (403, Code::PermissionDenied),
            (404, Code::NotFound),
            (413, Code::InvalidArgument),
            (429, Code::ResourceExhausted),
            (500, Code::Internal),
            (502, Code::Unavailable),
            (503, Code::Unavailable),
            (504, Code::DeadlineExceeded),
            (302, Code::Unknown),
        ] {
            assert_eq!(Code::of_http(status), code, "{status}");
        }
        assert_eq!(Code::named("RESOURCE_EXHAUSTED"), Some(Code::ResourceExhausted));
        assert_eq!(Code::named("resource exhausted"), None);
        assert_eq!(Code::Aborted.http(), 409);
    }
}
