namespace Fovea.Imaging.Codecs;

/// <summary>Decodes the entropy-coded data of one scan: the order of blocks, and restarts.</summary>
internal ref struct JpegScan
{
    private readonly ImageInput _input;
    private readonly JpegFrame _frame;
    private readonly JpegScanHeader _header;
    private readonly int _restartInterval;
    private JpegBitReader _reader;
    private int _nextRestart;
    private int _endRun;

    public JpegScan(in ImageInput input, JpegFrame frame, JpegScanHeader header, int restartInterval, int position)
    {
        _input = input;
        _frame = frame;
        _header = header;
        _restartInterval = restartInterval;
        _reader = new JpegBitReader(input, position);
    }

    /// <summary>Decodes the scan and returns the position behind its data.</summary>
    public int Decode()
    {
        var first = _header.Components[0];
        bool alone = _header.Components.Length == 1;
        int wide = alone ? first.BlocksWide : _frame.McusWide;
        int units = wide * (alone ? first.BlocksHigh : _frame.McusHigh);
        ResetPredictions();
        for (int unit = 0; unit < units; unit++)
        {
            if (_restartInterval > 0 && unit > 0 && unit % _restartInterval == 0)
            {
                Restart();
            }

            if (_reader.Exhausted)
            {
                // Nothing comes before the next restart: go there at once, so that a short file cannot cost the time of a long one.
                unit = _restartInterval == 0 ? units : ((unit / _restartInterval) + 1) * _restartInterval - 1;
                continue;
            }

            int row = unit / wide, column = unit % wide;
            if (alone)
            {
                DecodeBlock(first, row, column);
            }
            else
            {
                DecodeUnit(row, column);
            }
        }

        return _reader.Position;
    }

    private void DecodeUnit(int unitRow, int unitColumn)
    {
        foreach (var component in _header.Components)
        {
            for (int v = 0; v < component.V; v++)
            {
                for (int h = 0; h < component.H; h++)
                {
                    DecodeBlock(component, (unitRow * component.V) + v, (unitColumn * component.H) + h);
                }
            }
        }
    }

    private void DecodeBlock(JpegComponent component, int row, int column)
    {
        var dc = component.DcTable;
        var ac = component.AcTable;
        if (!_frame.Progressive)
        {
            if (dc is not null && ac is not null)
            {
                Span<short> block = stackalloc short[64];
                block.Clear();
                int last = JpegBlocks.Sequential(ref _reader, component, dc, ac, block);
                InverseDct.Transform(block, last, component.Quantisation, component.Samples(row, column), component.Stride);
            }

            return;
        }

        var coefficients = component.Block(row, column);
        if (_header.First == 0 && _header.Refines)
        {
            JpegBlocks.DcRefine(ref _reader, _header.Shift, coefficients);
        }
        else if (_header.First == 0 && dc is not null)
        {
            JpegBlocks.DcFirst(ref _reader, component, dc, _header.Shift, coefficients);
        }
        else if (_header.Refines && ac is not null)
        {
            JpegBlocks.AcRefine(ref _reader, _header, ac, ref _endRun, coefficients);
        }
        else if (ac is not null)
        {
            JpegBlocks.AcFirst(ref _reader, _header, ac, ref _endRun, coefficients);
        }
    }

    private void ResetPredictions()
    {
        _endRun = 0;
        foreach (var component in _header.Components)
        {
            component.Prediction = 0;
        }
    }

    /// <summary>
    /// Goes on behind the expected restart marker. If another marker is there, the rule of libjpeg decides: one or two restarts ahead means that data are
    /// lost, so the
    /// marker stays for later; one or two back is passed over; any other restart marker is taken for the expected one; any other marker ends the data.
    /// </summary>
    private void Restart()
    {
        int expected = _nextRestart;
        _nextRestart = (expected + 1) & 7;
        ResetPredictions();
        int position = JpegMarkers.Find(_input, _reader.Position);
        while (true)
        {
            int code = _input.Bytes[position];
            bool restart = code is >= JpegMarkers.Restart0 and <= JpegMarkers.Restart7;
            int ahead = (code - JpegMarkers.Restart0 - expected) & 7;
            if (restart && ahead is 0 or 3 or 4 or 5)
            {
                _reader.Restart(position + 1);
                return;
            }

            if ((restart && ahead is 1 or 2) || (!restart && code >= JpegMarkers.FrameBaseline))
            {
                _reader.Abandon(position - 1);
                return;
            }

            position = JpegMarkers.Find(_input, position + 1);
        }
    }
}
