CREATE TABLE audit_log_events (
  gid STRING NOT NULL,
  workspace_gid STRING NOT NULL,
  created_at TIMESTAMP(3) NOT NULL,
  event_type STRING,
  event_category STRING,
  actor ROW<
    actor_type STRING, gid STRING, name STRING, email STRING,
    additional_properties MAP<STRING, STRING>>,
  resource ROW<
    resource_type STRING, resource_subtype STRING, gid STRING, name STRING, email STRING,
    additional_properties MAP<STRING, STRING>>,
  details ROW<
    old_value STRING, new_value STRING,
    `group` ROW<gid STRING, name STRING, resource_type STRING, additional_properties MAP<STRING, STRING>>,
    saml_response STRING,
    additional_properties MAP<STRING, STRING>>,
  context ROW<
    context_type STRING, api_authentication_method STRING, client_ip_address STRING, user_agent STRING,
    oauth_app_name STRING, rule_name STRING, on_behalf_of_user_id BIGINT,
    additional_properties MAP<STRING, STRING>>,
  additional_properties MAP<STRING, STRING>,
  original_json STRING,
  WATERMARK FOR created_at AS created_at - INTERVAL '5' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'asana.audit-log-events',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = '${SCHEMA_REGISTRY_URL}'
);

-- Who failed to log in, and how: `method` is a property that Asana does not document, so it is JSON text.
SELECT created_at, actor.email, context.client_ip_address,
  JSON_VALUE(details.additional_properties['method'], '$[0]') AS login_method
FROM audit_log_events
WHERE event_type = 'user_login_failed';

-- How many events of each category an hour, by the time that Asana gave them.
SELECT window_start, event_category, COUNT(*) AS events
FROM TABLE(TUMBLE(TABLE audit_log_events, DESCRIPTOR(created_at), INTERVAL '1' HOUR))
GROUP BY window_start, window_end, event_category;
