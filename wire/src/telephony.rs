//! What the phone gateway plays, speaks and dials. v2beta1 only.

message! {
    /// Plays a recording.
    TelephonyPlayAudio {
        /// A `gs://` object that Dialogflow's service agent can read: mono, 16-bit linear PCM at 8 kHz.
        audio_uri: String = "audioUri",
    }
}

message! {
    /// Speaks.
    TelephonySynthesizeSpeech {}
    /// What is spoken.
    oneof source: Speech {
        /// Plain words.
        Text(String) = "text" | "text",
        /// SSML.
        Ssml(String) = "ssml" | "ssml",
    }
}

message! {
    /// Transfers the call.
    TelephonyTransferCall {
        /// Where to, in E.164; US numbers only.
        phone_number: String = "phoneNumber",
    }
}
