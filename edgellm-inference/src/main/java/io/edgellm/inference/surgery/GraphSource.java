package io.edgellm.inference.surgery;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.nio.file.Path;

/** What a session is opened from. */
public sealed interface GraphSource {

  /**
   * Opens a session.
   *
   * @param options how it runs; an entry is added where the graph is in memory
   */
  OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
      throws OrtException;

  /**
   * A graph as it lies on the disk.
   *
   * @param graph the file
   */
  record OnDisk(Path graph) implements GraphSource {
    @Override
    public OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException {
      return environment.createSession(graph.toString(), options);
    }
  }

  /**
   * A graph that was changed, and whose weights stay where they are: the runtime maps them. A graph
   * of one file becomes such a graph with its weights in that very file; opened as it is, the
   * runtime would read it whole and keep all weights twice for a while.
   *
   * @param model the graph without weights
   * @param folder where the files lie that it names
   */
  record InMemory(ByteString model, Path folder) implements GraphSource {
    private static final String FOLDER = "session.model_external_initializers_file_folder_path";

    @Override
    public OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException {
      options.addConfigEntry(FOLDER, folder.toString());
      return environment.createSession(model.toByteArray(), options);
    }
  }
}
