//! Certificates as authorities make them, made anew for each test.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// One that signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, and the intermediates that are shown with it.
#[derive(Clone)]
pub struct Shown {
    /// The chain in PEM, leaf first.
    pub chain: String,
    /// The key in PEM.
    pub key: String,
}

impl Authority {
    /// A root of that name.
    pub fn root(name: &str) -> Self {
        Self(CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap())
    }

    /// An intermediate below this one.
    pub fn intermediate(&self, name: &str) -> Self {
        Self(CertifiedIssuer::signed_by(authority(name), KeyPair::generate().unwrap(), &self.0).unwrap())
    }

    /// Its own certificate in PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a server at 127.0.0.1.
    pub fn server(&self) -> Shown {
        self.sign(server())
    }

    /// A certificate for a client of that common name.
    pub fn client(&self, name: &str) -> Shown {
        self.sign(client(name))
    }

    /// A certificate as the parameters say.
    pub fn sign(&self, params: CertificateParams) -> Shown {
        self.sign_for(params, KeyPair::generate().unwrap())
    }

    /// The same, for a key that is there already.
    pub fn sign_for(&self, params: CertificateParams, key: KeyPair) -> Shown {
        let chain = params.signed_by(&key, &self.0).unwrap().pem();
        Shown {
            chain,
            key: key.serialize_pem(),
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// What a server's certificate says.
pub fn server() -> CertificateParams {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params
        .subject_alt_names
        .push(SanType::IpAddress("127.0.0.1".parse().unwrap()));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// What a client's certificate says.
pub fn client(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// The same, but out of its time.
pub fn expired(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    params
}

/// The same, but before its time.
pub fn not_yet_valid(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2900, 1, 1);
    params.not_after = date_time_ymd(2901, 1, 1);
    params
}

/// A certificate that nobody signed but its owner.
pub fn self_signed(params: CertificateParams) -> Shown {
    let key = KeyPair::generate().unwrap();
    let chain = params.self_signed(&key).unwrap().pem();
    Shown {
        chain,
        key: key.serialize_pem(),
    }
}

impl Shown {
    /// Together with the certificate of the intermediate that signed it.
    pub fn with(mut self, intermediate: &Authority) -> Self {
        self.chain.push_str(&intermediate.pem());
        self
    }

    /// The chain in DER.
    pub fn certificates(&self) -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(self.chain.as_bytes())
            .collect::<Result<_, _>>()
            .unwrap()
    }

    /// The key in DER.
    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap()
    }
}
