//! `[admin]`: the address for operators.

use std::net::SocketAddr;

use serde::Deserialize;

use super::SettingsError;

/// The address for operators.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Where to listen, as written; empty for nowhere.
    bind: String,
    /// Where to listen.
    #[serde(skip)]
    pub address: Option<SocketAddr>,
}

impl Admin {
    /// Finds the address, which is another than `public`.
    pub(super) fn settle(&mut self, public: SocketAddr) -> Result<(), SettingsError> {
        let fault = |text: &str| Err(SettingsError(vec![text.to_owned()]));
        if self.bind.is_empty() {
            return Ok(());
        }
        let bind = self.bind.replacen("localhost:", "127.0.0.1:", 1);
        let Ok(address) = bind.parse::<SocketAddr>() else {
            return fault("`admin.bind`: expected an IP address and a port, such as 127.0.0.1:9090");
        };
        if address.port() != 0 && address == public {
            return fault(
                "`admin.bind`: expected another address than that of `server.bind`, which everybody may reach",
            );
        }
        self.address = Some(address);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    #[test]
    fn operators_have_an_address_of_their_own() {
        let bind =
            |text: &str| Settings::from_toml(&format!("admin.bind = '{text}'")).map(|s| s.admin.address);
        assert_eq!(bind("").unwrap(), None);
        assert_eq!(bind("localhost:9090").unwrap(), "127.0.0.1:9090".parse().ok());
        for (wrong, why) in [("9090", "an IP address"), ("127.0.0.1:8080", "another address")] {
            assert!(bind(wrong).unwrap_err().to_string().contains(why), "{wrong}");
        }
    }
}
