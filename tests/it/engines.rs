//! Tests that run on both engines that keep what they were given.

/// These, on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(&crate::stores::places::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(place) = crate::stores::places::Place::postgres().await {
                    super::$test(&place).await;
                }
            })*
        }
    };
}
