package io.sluice.bench;

import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx with the module nchan, with one worker. */
final class Nchan implements Contender {

    static final String NAME = "nchan";

    private static final Path CONFIGURATION = Path.of("src", "bench", "nchan.conf");
    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so");
    private static final int SPARE_FILES = 100;

    private final Cores cores;

    Nchan(Cores cores) {
        this.cores = cores;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String lacks() {
        boolean there = Programs.find("nginx").isPresent() && Files.exists(MODULE);
        return there ? "" : "it is not installed; apt-get install nginx-light libnginx-mod-nchan";
    }

    @Override
    public Server start(Path directory) throws IOException, InterruptedException {
        int port = FreePorts.any();
        int files = Machine.openFiles();
        String configuration = Files.readString(CONFIGURATION)
                .replace("@MODULE@", MODULE.toString())
                .replace("@FILES@", String.valueOf(files))
                .replace("@CONNECTIONS@", String.valueOf(files - SPARE_FILES))
                .replace("@PORT@", String.valueOf(port));
        Path file = Files.writeString(directory.resolve("nginx.conf"), configuration);
        String nginx = Programs.find("nginx").orElseThrow().toString();
        List<String> command = List.of(
                nginx,
                "-e",
                "stderr",
                "-p",
                directory.toAbsolutePath().toString(),
                "-c",
                file.toAbsolutePath().toString());
        return Server.start(cores.onServerCore(command), directory, port);
    }

    @Override
    public String publishPath() {
        return "/publish";
    }
}
