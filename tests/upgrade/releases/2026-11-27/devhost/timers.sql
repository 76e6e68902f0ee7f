BEGIN TRANSACTION;
CREATE TABLE timers (
    function TEXT PRIMARY KEY, schedule TEXT NOT NULL, last TEXT, next TEXT NOT NULL, updated TEXT NOT NULL
);
INSERT INTO "timers" VALUES('watch_intents','0 0 * * * *',NULL,'2026-05-04T15:00:00+00:00','2026-05-04T14:00:00+00:00');
INSERT INTO "timers" VALUES('keep_house','0 */10 * * * *',NULL,'2026-05-04T14:10:00+00:00','2026-05-04T14:00:00+00:00');
INSERT INTO "timers" VALUES('reconcile_yesterday','0 0 3 * * *',NULL,'2026-05-05T03:00:00+00:00','2026-05-04T14:00:00+00:00');
INSERT INTO "timers" VALUES('pay_schedules','0 0 4 * * *',NULL,'2026-05-05T04:00:00+00:00','2026-05-04T14:00:00+00:00');
INSERT INTO "timers" VALUES('forget_ended_plans','0 0 5 * * *',NULL,'2026-05-05T05:00:00+00:00','2026-05-04T14:00:00+00:00');
COMMIT;
