//! The two forms in which the rest of this crate writes down Google's messages: `message!` and `enumeration!`.
//!
//! ```text
//! message! {
//!     /// What the message is.
//!     Name {
//!         /// A field: its name in Rust is the proto name, the JSON name is given where it differs.
//!         image_uri: String = "imageUri",
//!         /// Known to v2beta1 only.
//!         ml_enabled: bool = "mlEnabled" [beta],
//!         /// Written even when it holds the default.
//!         lifespan_count: i32 = "lifespanCount" [written],
//!     }
//!     /// A protobuf oneof: at most one of its members is there.
//!     oneof kind: Kind {
//!         /// A member.
//!         Text(Text) = "text" | "text",
//!     }
//! }
//! ```
//!
//! Each message gets a struct with public fields, `other` for what it does not know, serde in both directions, and
//! [`Field`](super::field::Field), by which values are read tolerantly and pruned to an API version.

macro_rules! json_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $json:literal) => {
        $json
    };
}

macro_rules! is_marked {
    (beta beta) => {
        true
    };
    (written written) => {
        true
    };
    ($wanted:ident $($mark:ident)?) => {
        false
    };
}

macro_rules! message {
    (
        $(#[$about:meta])*
        $name:ident {
            $(
                $(#[$note:meta])*
                $field:ident: $type:ty $(= $json:literal)? $([$mark:ident])?
            ),* $(,)?
        }
        $(
            $(#[$kinds_about:meta])*
            oneof $kind:ident: $kinds:ident {
                $(
                    $(#[$member_note:meta])*
                    $member:ident($member_type:ty) = $camel:literal | $snake:literal $([$member_mark:ident])?
                ),* $(,)?
            }
        )?
    ) => {
        $(#[$about])*
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $( $(#[$note])* pub $field: $type, )*
            $(
                /// The one member that is there, if any.
                pub $kind: Option<$kinds>,
            )?
            /// Fields that this message is not known to have, as they came. They are never sent to Dialogflow.
            pub other: $crate::Struct,
        }

        $(
            $(#[$kinds_about])*
            #[derive(Clone, PartialEq)]
            pub enum $kinds {
                $( $(#[$member_note])* $member($member_type), )*
            }

            /// Shows which member it is, and nothing of it.
            impl std::fmt::Debug for $kinds {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str(match self {
                        $( Self::$member(_) => stringify!($member), )*
                    })
                }
            }
        )?

        /// Shows which message it is, and nothing of it: nearly all of them hold a user's words.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = formatter.debug_struct(stringify!($name));
                $( shown.field(stringify!($kind), &self.$kind); )?
                shown.finish_non_exhaustive()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        formatter.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<$name, A::Error> {
                        let mut message = $name::default();
                        while let Some($crate::field::Key(key)) = members.next_key()? {
                            $(
                                if $( key == $json || )? key == stringify!($field) {
                                    if let Some(value) = members.next_value_seed($crate::field::OrAbsent::new())? {
                                        message.$field = value;
                                    }
                                    continue;
                                }
                            )*
                            $(
                                if message.$kind.is_none() {
                                    $(
                                        if key == $camel || key == $snake {
                                            message.$kind = members
                                                .next_value_seed($crate::field::OrAbsent::new())?
                                                .map($kinds::$member);
                                            continue;
                                        }
                                    )*
                                }
                            )?
                            let unknown: serde_json::Value = members.next_value()?;
                            // Null is absence, also beside the member that is there.
                            $( if unknown.is_null() && ($( key == $camel || key == $snake )||*) { continue; } )?
                            message.other.insert(key.into_owned(), unknown);
                        }
                        Ok(message)
                    }
                }

                json.deserialize_map(Members)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut members = json.serialize_map(None)?;
                $(
                    if is_marked!(written $($mark)?) || !$crate::field::Field::is_default(&self.$field) {
                        members.serialize_entry(json_name!($field $($json)?), &self.$field)?;
                    }
                )*
                $(
                    match &self.$kind {
                        $( Some($kinds::$member(value)) => members.serialize_entry($camel, value)?, )*
                        None => {}
                    }
                )?
                for (name, value) in &self.other {
                    members.serialize_entry(name, value)?;
                }
                members.end()
            }
        }

        impl $crate::field::Field for $name {
            fn read<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(json)
            }

            fn is_default(&self) -> bool {
                *self == Self::default()
            }

            fn prune(&mut self, path: &$crate::prune::Path<'_>, cut: &mut $crate::prune::Cut) -> bool {
                $(
                    if is_marked!(beta $($mark)?) && cut.is_v2() {
                        if !$crate::field::Field::is_default(&self.$field) {
                            self.$field = Default::default();
                            cut.record(&path.member(json_name!($field $($json)?)), $crate::Reason::OnlyInV2Beta1);
                        }
                    } else if !$crate::field::Field::prune(&mut self.$field, &path.member(json_name!($field $($json)?)), cut) {
                        self.$field = Default::default();
                    }
                )*
                cut.take_unknown(path, &mut self.other);
                $(
                    let stands = match &mut self.$kind {
                        $(
                            Some($kinds::$member(_)) if is_marked!(beta $($member_mark)?) && cut.is_v2() => {
                                cut.record(&path.member($camel), $crate::Reason::OnlyInV2Beta1);
                                false
                            }
                            Some($kinds::$member(value)) => {
                                $crate::field::Field::prune(value, &path.member($camel), cut)
                            }
                        )*
                        None => true,
                    };
                    if !stands {
                        self.$kind = None;
                    }
                )?
                true
            }
        }
    };
}

macro_rules! enumeration {
    (
        $(#[$about:meta])*
        $name:ident ($unspecified:literal) {
            $( $(#[$note:meta])* $value:ident = $number:literal $json:literal $([$mark:ident])? ),* $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            /// Not set: the value number 0.
            #[default]
            Unspecified,
            $( $(#[$note])* $value, )*
            /// A name that is not in the published list. Dialogflow would refuse it, so it is never sent.
            UnknownName(Box<str>),
            /// A number that is not in the published list. Dialogflow keeps it as that number.
            UnknownNumber(i32),
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                Ok(match $crate::field::NameOrNumber::deserialize(json)? {
                    $crate::field::NameOrNumber::Number(0) => Self::Unspecified,
                    $( $crate::field::NameOrNumber::Number($number) => Self::$value, )*
                    $crate::field::NameOrNumber::Number(number) => Self::UnknownNumber(number),
                    $crate::field::NameOrNumber::Name(name) => match name.as_ref() {
                        $( $json => Self::$value, )*
                        $unspecified => Self::Unspecified,
                        _ => Self::UnknownName(name.into()),
                    },
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Unspecified => json.serialize_str($unspecified),
                    $( Self::$value => json.serialize_str($json), )*
                    Self::UnknownName(name) => json.serialize_str(name),
                    Self::UnknownNumber(number) => json.serialize_i32(*number),
                }
            }
        }

        impl $crate::field::Field for $name {
            fn read<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(json)
            }

            fn is_default(&self) -> bool {
                *self == Self::Unspecified
            }

            fn prune(&mut self, path: &$crate::prune::Path<'_>, cut: &mut $crate::prune::Cut) -> bool {
                let refused = match self {
                    Self::UnknownName(_) => Some($crate::Reason::UnknownName),
                    $(
                        Self::$value if is_marked!(beta $($mark)?) && cut.is_v2() => {
                            Some($crate::Reason::OnlyInV2Beta1)
                        }
                    )*
                    _ => None,
                };
                let Some(reason) = refused else { return true };
                cut.record(path, reason);
                false
            }
        }
    };
}
