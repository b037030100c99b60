//! Words beside an event, which Dialogflow would ignore.

use flowhook::Reply;

fn main() {
    let _ = Reply::event("GO").say("and these words");
}
