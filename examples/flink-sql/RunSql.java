import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Runs the statements of a file in a Flink inside this process, as a batch, and prints their results. */
public class RunSql {
  public static void main(String[] arguments) throws Exception {
    String sql = Files.readString(Path.of(arguments[0]));
    for (String name : new String[] {"KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"}) {
      sql = sql.replace("${" + name + "}", required(name));
    }
    TableEnvironment flink = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    for (String statement : sql.split(";\\s*\n")) {
      if (!statement.isBlank()) flink.executeSql(statement).print();
    }
  }

  private static String required(String name) {
    String value = System.getenv(name);
    if (value == null) throw new IllegalArgumentException("set " + name);
    return value;
  }
}
