//! A table.

use super::{button, picture};
use crate::wire::{self, HorizontalAlignment};

/// A table.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a table is said by giving it to a reply"]
pub struct Table(pub(in crate::webhook::reply) wire::TableCard);

impl Table {
    /// A table with these columns, plain strings or [`Column`]s.
    pub fn new<T: Into<Column>>(title: impl Into<String>, columns: impl IntoIterator<Item = T>) -> Self {
        Self(wire::TableCard {
            title: title.into(),
            column_properties: columns.into_iter().map(|column| column.into().0).collect(),
            ..wire::TableCard::default()
        })
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.0.subtitle = subtitle.into();
        self
    }

    /// Its picture, and what it shows for who cannot see it.
    pub fn image(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.0.image = Some(picture(uri, accessibility_text));
        self
    }

    /// One row more.
    pub fn row(mut self, row: Row) -> Self {
        self.0.rows.push(row.0);
        self
    }

    /// Its button: what it says, and what it opens.
    pub fn button(mut self, title: impl Into<String>, uri: impl Into<String>) -> Self {
        self.0.buttons.push(button(title, uri));
        self
    }
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a column is shown by its table"]
pub struct Column(wire::ColumnProperties);

impl Column {
    /// What stands above it.
    pub fn new(header: impl Into<String>) -> Self {
        Self(wire::ColumnProperties {
            header: header.into(),
            ..wire::ColumnProperties::default()
        })
    }

    /// How its cells are set.
    pub fn aligned(mut self, alignment: HorizontalAlignment) -> Self {
        self.0.horizontal_alignment = alignment;
        self
    }
}

impl<T: Into<String>> From<T> for Column {
    fn from(header: T) -> Self {
        Self::new(header)
    }
}

/// A row of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a row is shown by its table"]
pub struct Row(wire::TableCardRow);

impl Row {
    /// Its cells, one for each column.
    pub fn new<T: Into<String>>(cells: impl IntoIterator<Item = T>) -> Self {
        let cells = cells.into_iter().map(|text| wire::TableCardCell {
            text: text.into(),
            ..wire::TableCardCell::default()
        });
        Self(wire::TableCardRow {
            cells: cells.collect(),
            ..wire::TableCardRow::default()
        })
    }

    /// With a line below it.
    pub fn divided(mut self) -> Self {
        self.0.divider_after = true;
        self
    }
}
