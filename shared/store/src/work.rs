//! Work: documents by client.

use postern_aws::Unavailable;
use postern_domain::{
    ClientId, DocumentId, DocumentSerial, FirmScope,
    document::{Document, DocumentState},
};

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Table, bodies, item, last_place, table, value},
    key,
};

/// The table of work.
#[derive(Debug, Clone)]
pub struct Work(Table);

table!(Work = "WORK_TABLE", indexes & []);

impl Work {
    /// A document.
    pub async fn document(&self, scope: &FirmScope, document: DocumentId) -> Result<Option<Document>, Unavailable> {
        self.0.get(&key::document(scope, document)).await
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

    /// A new document.
    pub fn put_document(&self, scope: &FirmScope, document: &Document) -> Write {
        Write::put(Part::Document, &self.0, item(&key::document(scope, document.document), None, document), is_new())
    }

    /// A document after its check; refused as [`Part::Document`], with the document as it is, if it was checked meanwhile.
    pub fn settle_document(&self, scope: &FirmScope, document: &Document) -> Write {
        let awaited = Condition::new("#state = :awaited").naming("#state", "state").with(":awaited", value(DocumentState::Awaited));
        Write::put(Part::Document, &self.0, item(&key::document(scope, document.document), None, document), awaited)
    }
}
