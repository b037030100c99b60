//! Reading a request's body: whole, in time, and not without end.

use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::House;

/// Of a body that is refused, this many times its limit is still read and dropped: answered any sooner, the connection
/// would be closed under the caller, who then sees no answer at all.
const DRAINED: usize = 4;

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body has more than {0} bytes")]
    TooLarge(usize),
    #[error("the body did not arrive within {0:?}")]
    TooSlow(std::time::Duration),
    #[error("the body broke off")]
    Broken,
    #[error("the body is compressed; send it as it is")]
    Encoded,
}

/// The whole body of a turn.
pub(super) async fn read(house: &House, payload: Payload) -> Result<Bytes, BodyError> {
    read_up_to(house.max_body, house, payload).await
}

/// The whole body, of so many bytes at most.
pub(super) async fn read_up_to(
    max_body: usize,
    house: &House,
    mut payload: Payload,
) -> Result<Bytes, BodyError> {
    let reading = async {
        let mut body = Bytes::new();
        let mut gathered = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| BodyError::Broken)?;
            if body.len() + gathered.len() + chunk.len() > max_body {
                drop_rest(house, &mut payload).await;
                return Err(BodyError::TooLarge(max_body));
            }
            // Most bodies arrive in one piece, which then need not be copied.
            if body.is_empty() && gathered.is_empty() {
                body = chunk;
            } else {
                gathered.extend_from_slice(&std::mem::take(&mut body));
                gathered.extend_from_slice(&chunk);
            }
        }
        Ok(if gathered.is_empty() {
            body
        } else {
            gathered.freeze()
        })
    };
    timeout(house.body_timeout, reading)
        .await
        .unwrap_or(Err(BodyError::TooSlow(house.body_timeout)))
}

/// Reads a body that nobody wants, so that its sender stays to hear why.
pub(super) async fn drain(house: &House, mut payload: Payload) {
    let _ = timeout(house.body_timeout, drop_rest(house, &mut payload)).await;
}

async fn drop_rest(house: &House, payload: &mut Payload) {
    let mut left = house.max_body.saturating_mul(DRAINED);
    while let Some(Ok(chunk)) = payload.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
    }
}
