//! Work: documents by client.

use postern_domain::{
    ClientId, DocumentId, DocumentSerial, FirmScope,
    document::{Document, State},
};

use crate::{
    Aws, Misconfigured, Unavailable, Write,
    commit::{Condition, is_new},
    item::{Table, body, item, value},
    key,
};

/// The table of work.
#[derive(Debug, Clone)]
pub struct Work(Table);

impl Work {
    /// The table that `WORK_TABLE` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self(Table { client: aws_sdk_dynamodb::Client::new(&aws.sdk), name: aws.variable("WORK_TABLE")? }))
    }

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
        let more = answer.last_evaluated_key.is_some();
        let documents: Vec<Document> = answer.items.unwrap_or_default().into_iter().map(body).collect::<Result<_, _>>()?;
        let next = documents.last().map(|document| document.document.serial).filter(|_| more);
        Ok((documents, next))
    }

    /// A new document.
    pub fn put_document(&self, scope: &FirmScope, document: &Document) -> Write {
        Write::put("document", &self.0, item(&key::document(scope, document.document), None, document), is_new())
    }

    /// A document after its check; refused as `document`, with the document as it is, if it was checked meanwhile.
    pub fn settle_document(&self, scope: &FirmScope, document: &Document) -> Write {
        let awaited = Condition::new("#state = :awaited").naming("#state", "state").with(":awaited", value(State::Awaited));
        Write::put("document", &self.0, item(&key::document(scope, document.document), None, document), awaited)
    }
}
