//! How a test makes the agent, as far as its `mod.rs` tells.

use syn::{Attribute, FnArg, Item, ItemFn, Type};

/// How the agent is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Making {
    /// As in `agent(App)`.
    pub(super) call: String,
    /// What it names.
    pub(super) names: Vec<String>,
}

/// How a test makes the agent: by a function that needs nothing, or a state that comes from nothing.
pub(super) fn making(file: &syn::File, function: &ItemFn) -> Option<Making> {
    let name = function.sig.ident.to_string();
    if function.sig.asyncness.is_some() {
        return None;
    }
    let mut inputs = function.sig.inputs.iter();
    let state = match (inputs.next(), inputs.next()) {
        (None, _) => {
            return Some(Making {
                call: format!("{name}()"),
                names: vec![name],
            });
        }
        (Some(FnArg::Typed(input)), None) => &*input.ty,
        _ => return None,
    };
    let state = match state {
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            return Some(Making {
                call: format!("{name}(())"),
                names: vec![name],
            });
        }
        Type::Path(path) => path.path.get_ident()?,
        _ => return None,
    };
    let of_state = file.items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == *state => Some(item),
        _ => None,
    })?;
    let value = if matches!(of_state.fields, syn::Fields::Unit) {
        state.to_string()
    } else if derives_default(&of_state.attrs) || implements_default(file, state) {
        format!("{state}::default()")
    } else {
        return None;
    };
    Some(Making {
        call: format!("{name}({value})"),
        names: vec![state.to_string(), name],
    })
}

fn derives_default(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("derive") {
            // What cannot be read derives nothing that we know of.
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Default");
                Ok(())
            });
        }
        found
    })
}

fn implements_default(file: &syn::File, state: &syn::Ident) -> bool {
    file.items.iter().any(|item| {
        let Item::Impl(item) = item else { return false };
        let of_default = item
            .trait_
            .as_ref()
            .is_some_and(|(_, path, _)| path.segments.last().is_some_and(|last| last.ident == "Default"));
        of_default && matches!(&*item.self_ty, Type::Path(path) if path.path.is_ident(state))
    })
}
