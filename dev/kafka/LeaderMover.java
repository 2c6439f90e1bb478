import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.common.*;

/**
 * Moves the leaders of a topic's partitions from broker to broker until its stdin ends: puts another replica first, then asks
 * for the preferred leader. The replicas stay the same, so that no data moves. Prints a line a round.
 *
 * Arguments: bootstrap servers, topic, milliseconds between two rounds.
 */
class LeaderMover {
  public static void main(String[] args) throws Exception {
    String topic = args[1];
    long pauseMs = Long.parseLong(args[2]);
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]))) {
      for (int round = 1; System.in.available() == 0; round++) {
        try {
          move(admin, topic);
          System.out.println(round);
        } catch (java.util.concurrent.ExecutionException e) {
          // A broker that is down, or a move that is still under way: the next round tries again.
          System.err.println(e.getMessage());
        }
        Thread.sleep(pauseMs);
      }
    }
  }

  private static void move(Admin admin, String topic) throws Exception {
    var description = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    var reassignments = new HashMap<TopicPartition, Optional<NewPartitionReassignment>>();
    for (var partition : description.partitions()) {
      var replicas = new ArrayList<>(partition.replicas().stream().map(Node::id).toList());
      Collections.rotate(replicas, 1);
      var target = Optional.of(new NewPartitionReassignment(replicas));
      reassignments.put(new TopicPartition(topic, partition.partition()), target);
    }
    admin.alterPartitionReassignments(reassignments).all().get();
    admin.electLeaders(ElectionType.PREFERRED, reassignments.keySet()).partitions().get();
  }
}
