//! Work: documents by client.

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    ClientId, DocumentId, DocumentSerial, FirmScope,
    document::{Document, Ended},
};

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Item, Table, bodies, item, last_place, moment, table, value},
    key,
};

/// The index of what has an end, by when that is.
const BY_END: &str = "by-end";

/// The table of work.
#[derive(Debug, Clone)]
pub struct Work(Table);

/// Where a page of what has ended did.
#[derive(Debug)]
pub struct Bookmark(Item);

table!(Work = "WORK_TABLE", indexes & [BY_END]);

impl Work {
    /// A document.
    pub async fn document(&self, scope: &FirmScope, document: DocumentId) -> Result<Option<Document>, Unavailable> {
        self.0.get(&key::document(scope, document)).await
    }

    /// Those of `documents` that are there, at most 100, in no order.
    pub async fn documents_of(&self, scope: &FirmScope, documents: &[DocumentId]) -> Result<Vec<Document>, Unavailable> {
        let places: Vec<_> = documents.iter().map(|document| key::document(scope, *document)).collect();
        Ok(bodies(self.0.get_many(&places, true).await?))
    }

    /// At most `limit` documents of a client before the document `before`, newest first, and before which one to go on.
    pub async fn documents(
        &self,
        scope: &FirmScope,
        client: ClientId,
        before: Option<DocumentSerial>,
        limit: u16,
    ) -> Result<(Vec<Document>, Option<DocumentSerial>), Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name))
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :documents)")
            .expression_attribute_values(":pk", value(key::documents(scope, client)))
            .expression_attribute_values(":documents", value(key::DOCUMENTS))
            .scan_index_forward(false)
            .set_exclusive_start_key(before.map(|serial| key::document(scope, DocumentId { client, serial }).key()))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        let next = last_place(answer.last_evaluated_key, key::DOCUMENTS);
        Ok((bodies(answer.items.unwrap_or_default()), next))
    }

    /// At most `limit` documents of all firms whose end came before `until`, the longest ended first, from where an earlier page ended, and
    /// where this one did. May be a moment old.
    pub async fn ended(&self, until: Timestamp, from: Option<Bookmark>, limit: u16) -> Result<(Vec<Ended>, Option<Bookmark>), Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name).index_name(BY_END))
            .key_condition_expression("ending = :ending AND ends_at < :until")
            .expression_attribute_values(":ending", value(key::ENDING))
            .expression_attribute_values(":until", moment(until))
            .set_exclusive_start_key(from.map(|Bookmark(place)| place))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        Ok((bodies(answer.items.unwrap_or_default()), answer.last_evaluated_key.map(Bookmark)))
    }

    /// A new document.
    pub fn put_document(&self, scope: &FirmScope, document: &Document) -> Write {
        Write::put(Part::Document, &self.0, row(scope, document), is_new())
    }

    /// A document as it is after a change; refused as [`Part::Document`], with the document as it is, if it was changed meanwhile.
    pub fn change_document(&self, scope: &FirmScope, after: &Document) -> Write {
        let after = &Document { revision: after.revision + 1, ..after.clone() };
        Write::put(Part::Document, &self.0, row(scope, after), unchanged(after.revision - 1))
    }

    /// Takes the row of a document away; refused as [`Part::Document`] if it was changed meanwhile.
    pub fn erase_document(&self, scope: &FirmScope, document: &Document) -> Write {
        Write::delete(Part::Document, &self.0, &key::document(scope, document.document), unchanged(document.revision))
    }
}

/// A document as a row; one that has an end stands in the index of those, with its firm, since that is read over all firms.
fn row(scope: &FirmScope, document: &Document) -> Item {
    let mut row = item(&key::document(scope, document.document), None, document);
    if document.ends_at.is_some() {
        row.extend([("ending".to_owned(), value(key::ENDING)), ("firm".to_owned(), value(scope.firm()))]);
    }
    row
}

/// That the document is still as it was at `revision`; rows from before there were revisions have none.
fn unchanged(revision: u32) -> Condition {
    match revision {
        0 => Condition::new("attribute_exists(pk) AND (attribute_not_exists(revision) OR revision = :seen)").with(":seen", value(0)),
        seen => Condition::new("revision = :seen").with(":seen", value(seen)),
    }
}
