import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Who failed to log in three times or more in one hour, by the time that Asana gave the events. */
public class FailedLoginBursts {
  static final String EVENTS = "asana.audit-log-events";
  static final String BURSTS = "asana.failed-login-bursts";
  static final int ENOUGH = 3;

  // While a backlog is read, one partition can be days ahead of another. Asana keeps 90: no event is too late then.
  static final TimeWindows HOURS = TimeWindows.ofSizeAndGrace(Duration.ofHours(1), Duration.ofDays(90));

  static Topology topology(AvroDecoder decoder) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(EVENTS, Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .mapValues(decoder::decode)
        .filter((gid, event) -> "user_login_failed".equals(text(event, "event_type")))
        .map((gid, event) -> KeyValue.pair(text(event.get("actor"), "gid"), gid))
        .filter((actor, gid) -> actor != null) // Asana does not always know who it was
        .groupByKey(Grouped.with("by-actor", Serdes.String(), Serdes.String()))
        .windowedBy(HOURS)
        .count()
        .toStream()
        .filter((burst, failures) -> failures >= ENOUGH)
        .map((burst, failures) -> KeyValue.pair(burst.key() + "@" + burst.window().startTime(), failures.toString()))
        .to(BURSTS, Produced.with(Serdes.String(), Serdes.String()));
    return builder.build();
  }

  /** A field as text, or null: in generic Avro a string is a CharSequence, and a record may be null itself. */
  static String text(Object record, String field) {
    Object value = record == null ? null : ((GenericRecord) record).get(field);
    return value == null ? null : value.toString();
  }

  public static void main(String[] arguments) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "failed-login-bursts");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, required("KAFKA_BROKERS"));
    // Reads read_committed, and counts nothing twice after a crash.
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    KafkaStreams streams = new KafkaStreams(topology(new AvroDecoder(required("SCHEMA_REGISTRY_URL"))), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }

  private static String required(String name) {
    String value = System.getenv(name);
    if (value == null) throw new IllegalArgumentException("set " + name);
    return value;
  }

  /** Confluent's wire format: a zero, the schema's id in four bytes, the record. Confluent's own GenericAvroSerde reads the same. */
  static class AvroDecoder {
    private final String registryUrl;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

    AvroDecoder(String registryUrl) {
      this.registryUrl = registryUrl;
    }

    GenericRecord decode(byte[] value) {
      ByteBuffer buffer = ByteBuffer.wrap(value);
      if (buffer.get() != 0) throw new SerializationException("a value does not begin with a zero");
      Schema schema = schemas.computeIfAbsent(buffer.getInt(), this::fetchSchema);
      var decoder = DecoderFactory.get().binaryDecoder(value, buffer.position(), buffer.remaining(), null);
      try {
        return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      } catch (IOException cause) {
        throw new SerializationException("a value is not of its schema", cause);
      }
    }

    private Schema fetchSchema(int id) {
      URI address = URI.create(registryUrl + "/schemas/ids/" + id);
      try {
        var answer = http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException("status " + answer.statusCode());
        return new Schema.Parser().parse(new ObjectMapper().readTree(answer.body()).get("schema").asText());
      } catch (IOException | InterruptedException cause) {
        throw new SerializationException("cannot get " + address, cause);
      }
    }
  }
}
