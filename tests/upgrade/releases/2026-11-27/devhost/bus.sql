BEGIN TRANSACTION;
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, body BLOB NOT NULL,
    properties TEXT NOT NULL, message_id TEXT NOT NULL, session_id TEXT, enqueued REAL NOT NULL,
    visible REAL NOT NULL, expires REAL, delivery_count INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'active', dead_reason TEXT, dead_description TEXT
);
CREATE TABLE seen (
    entity TEXT NOT NULL, message_id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (entity, message_id)
);
CREATE INDEX messages_ready ON messages (entity, state, visible, sequence);
CREATE INDEX messages_expiring ON messages (expires) WHERE expires IS NOT NULL;
CREATE INDEX seen_at ON seen (at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('messages',135);
COMMIT;
